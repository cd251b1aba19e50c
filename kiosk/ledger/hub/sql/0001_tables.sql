-- Everything belongs to uketsuke_owner; rights.sql says who may do what. Text that is ordered is in COLLATE "C".

CREATE TABLE hub (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    instance text NOT NULL,             -- the consoles' chains are named after it; a restored hub gets another one
    production boolean NOT NULL,        -- refuses simulated links for ever
    keep_years integer NOT NULL CHECK (keep_years BETWEEN 1 AND 100),
    public_key text NOT NULL            -- payloads are sealed to it; the consoles hold the other half
);

-- The row lock on it puts all writers in a row, so that positions are given in the order of commit and a reader
-- that has seen position n has seen everything before it. Positions have no gaps.
CREATE TABLE counter (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO counter (position) VALUES (0);

CREATE TABLE member (
    role name PRIMARY KEY,
    terminal text COLLATE "C" UNIQUE NOT NULL CHECK (terminal ~ '^[A-Za-z0-9-]{1,32}$'),
    kind text NOT NULL CHECK (kind IN ('kiosk', 'console')),
    box_key text NOT NULL DEFAULT ''    -- what is meant for this terminal alone is sealed to it
);

CREATE TABLE chain (
    chain text COLLATE "C" PRIMARY KEY,
    terminal text COLLATE "C" NOT NULL REFERENCES member (terminal),
    seq bigint NOT NULL DEFAULT 0,      -- its head
    hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    verify_key text NOT NULL DEFAULT '',
    began timestamptz NOT NULL DEFAULT clock_timestamp(),
    arrived timestamptz
);

CREATE TABLE link (
    chain text COLLATE "C" NOT NULL REFERENCES chain,
    seq bigint NOT NULL,
    position bigint NOT NULL UNIQUE,
    core text NOT NULL,
    leaf bytea NOT NULL,
    hash bytea NOT NULL,
    visit text COLLATE "C" NOT NULL,    -- these three stand in the core, too
    type text NOT NULL,
    at text COLLATE "C" NOT NULL,
    arrived timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (chain, seq)
);
CREATE INDEX link_visit ON link (visit, position);
CREATE INDEX link_chain ON link (chain, position);

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
CREATE TRIGGER link_append_only BEFORE UPDATE OR DELETE ON link FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER link_no_truncate BEFORE TRUNCATE ON link EXECUTE FUNCTION append_only();

-- body: 0x00 salt payload (types that are never erased, nothing personal in them), or sealed: 0x01 …
CREATE TABLE payload (
    position bigint PRIMARY KEY REFERENCES link (position),
    at text COLLATE "C" NOT NULL,
    keep boolean NOT NULL,
    body bytea NOT NULL
);
ALTER TABLE payload ALTER body SET STORAGE EXTERNAL; -- sealed bytes do not compress
CREATE INDEX payload_erasable ON payload (at) WHERE NOT keep;

CREATE TABLE checkpoint (
    chain text COLLATE "C" NOT NULL REFERENCES chain,
    seq bigint NOT NULL,
    note text NOT NULL CHECK (octet_length(note) <= 4096),
    delivered boolean NOT NULL DEFAULT false,
    PRIMARY KEY (chain, seq)
);

-- derived from the links, in the transaction that brings them
CREATE TABLE visit (
    visit text COLLATE "C" PRIMARY KEY,
    chain text COLLATE "C" NOT NULL,
    terminal text COLLATE "C" NOT NULL,
    epoch bigint NOT NULL,
    state text NOT NULL,
    at text COLLATE "C" NOT NULL,
    simulated boolean NOT NULL,
    position bigint NOT NULL            -- of its last move
);
CREATE INDEX visit_at ON visit (at);

CREATE TABLE ownership (
    visit text COLLATE "C" NOT NULL REFERENCES visit ON DELETE CASCADE,
    epoch bigint NOT NULL,
    chain text COLLATE "C" NOT NULL,
    terminal text COLLATE "C" NOT NULL,
    lost boolean NOT NULL DEFAULT false,
    PRIMARY KEY (visit, epoch)
);
CREATE INDEX ownership_lost ON ownership (terminal) WHERE lost;

CREATE TABLE request (
    id text COLLATE "C" PRIMARY KEY,
    visit text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    answer bigint,
    accepted boolean
);
CREATE INDEX request_open ON request (visit) WHERE answer IS NULL;
CREATE INDEX request_visit ON request (visit);

CREATE TABLE number (
    letter text COLLATE "C" NOT NULL,
    day text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    visit text COLLATE "C" NOT NULL,
    terminal text COLLATE "C" NOT NULL,
    PRIMARY KEY (letter, day, count),
    UNIQUE (visit, letter, day)
);
CREATE INDEX number_day ON number (day);

CREATE TABLE purge (
    position bigint PRIMARY KEY,
    terminal text COLLATE "C" NOT NULL, -- '': all of the hub
    before text COLLATE "C" NOT NULL,
    at text NOT NULL
);
CREATE INDEX purge_before ON purge (terminal, before);

-- Links that are kept but moved nothing here: a visit that another chain owns by now, an answer to nothing, …
CREATE TABLE unheeded (
    position bigint PRIMARY KEY,
    why text NOT NULL
);

-- Links that were refused, and what else is wrong with a chain.
CREATE TABLE trouble (
    chain text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    seq bigint NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    last timestamptz NOT NULL DEFAULT clock_timestamp(),
    times bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (chain, kind, seq)
);

-- Who was heard of when, and how far each chain reaches at home. Lost in a crash of the server, told again at once.
CREATE UNLOGGED TABLE presence (
    chain text COLLATE "C" PRIMARY KEY,
    seq bigint NOT NULL,
    running boolean NOT NULL,
    seen timestamptz NOT NULL
) WITH (fillfactor = 50);
