-- Who may do what. A terminal has no right on any table: it calls functions, and these look at who calls.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA uketsuke FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA uketsuke FROM PUBLIC, uketsuke_kiosk, uketsuke_console, uketsuke_auditor;
GRANT USAGE ON SCHEMA uketsuke TO uketsuke_kiosk, uketsuke_console, uketsuke_auditor;

GRANT EXECUTE ON FUNCTION
    hello(), introduce(text, text[], text), hash_at(text, bigint), report_trouble(text, text, bigint),
    append_links(text, bigint, text[], bytea[], bytea[], bytea[], boolean), keep_note(text, bigint, text),
    present(text[], bigint[], boolean[]), wishes(), moves(bigint)
    TO uketsuke_kiosk, uketsuke_console;
GRANT EXECUTE ON FUNCTION note_delivered(text, bigint), erasable(text, text) TO uketsuke_console;

GRANT SELECT ON
    hub, counter, member, chain, link, payload, checkpoint, visit, ownership, request, number, purge, unheeded, trouble,
    presence, migration
    TO uketsuke_console;
GRANT SELECT ON hub, counter, member, chain, link, checkpoint, purge, unheeded, trouble, presence, migration
    TO uketsuke_auditor;
