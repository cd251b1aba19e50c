"""What a patient types and writes on the screen: keyboards, questions, conversion, postcodes, the signature."""
