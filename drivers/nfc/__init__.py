"""Cards and phones over a bare contactless reader, through nfcpy. See README.md."""
