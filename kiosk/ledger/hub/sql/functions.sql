-- Replaced at every `uketsuke hub init`. What a member calls runs with the owner's rights: `session_user` is who calls.
-- Own error codes (class UK) are listed in errors.py.

CREATE OR REPLACE FUNCTION never_erased(_type text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT _type IN ('LedgerPurged', 'LedgerRestored', 'MovedElsewhere', 'NumberTaken', 'RulesSwitched')
$$;

CREATE OR REPLACE FUNCTION me() RETURNS member LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = uketsuke, pg_temp AS $$
DECLARE found_ member;
BEGIN
    SELECT * INTO found_ FROM member WHERE role = session_user;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'UK001', MESSAGE = 'this role is no terminal of the hub';
    END IF;
    RETURN found_;
END $$;

CREATE OR REPLACE FUNCTION hello() RETURNS TABLE (
    instance text, production boolean, public_key text, terminal text, kind text, newest integer
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = uketsuke, pg_temp AS $$
    SELECT h.instance, h.production, h.public_key, m.terminal, m.kind, (SELECT max(number) FROM migration)
    FROM hub h, me() m
$$;

-- The first thing wrong with a link that should follow `_previous`, or ''.
CREATE OR REPLACE FUNCTION fault_of(
    _previous bytea, _chain text, _seq bigint, _core text, _leaf bytea, _hash bytea, _body bytea, _production boolean
) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    raw bytea := convert_to(_core, 'UTF8');
    c jsonb;
    clear boolean;
BEGIN
    IF octet_length(_leaf) IS DISTINCT FROM 32 OR _hash IS DISTINCT FROM sha256(
        '\x00'::bytea || _previous || int8send(_seq) || int8send(octet_length(raw)::bigint) || raw || _leaf
    ) THEN
        RETURN 'hash';
    END IF;
    -- The order of the keys is the format's: each stands there once, and every reader finds the types that it expects.
    IF octet_length(raw) > 8192 OR _core !~ (
        '^\{"actor":"([^"\\]|\\.)+","at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","boot":"([^"\\]|\\.)*",'
        '"chain":"[A-Za-z0-9.-]+","epoch":(0|[1-9]\d{0,15}),"id":"([^"\\]|\\.)+","mono":(0|-?[1-9]\d{0,15}),'
        '"ref":"([^"\\]|\\.)*","sim":(true|false),"state":"([^"\\]|\\.)*","type":"([^"\\]|\\.)+",'
        '"v":[1-9]\d{0,15},"visit":"([^"\\]|\\.)*"\}$'
    ) THEN
        RETURN 'core';
    END IF;
    BEGIN
        c := _core::jsonb;
    EXCEPTION WHEN data_exception THEN
        RETURN 'core';
    END;
    IF c ->> 'chain' <> _chain THEN
        RETURN 'core';
    ELSIF (c ->> 'sim')::boolean AND _production THEN
        RETURN 'simulated';
    END IF;
    clear := never_erased(c ->> 'type');
    IF _body IS NULL THEN
        RETURN CASE WHEN clear THEN 'payload' ELSE '' END;
    ELSIF octet_length(_body) NOT BETWEEN 17 AND 33554432 OR get_byte(_body, 0) <> (CASE WHEN clear THEN 0 ELSE 1 END)
        OR (clear AND sha256(substring(_body FROM 2)) <> _leaf) THEN
        RETURN 'payload';
    END IF;
    RETURN '';
END $$;

CREATE OR REPLACE FUNCTION note_trouble(_chain text, _kind text, _seq bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO trouble (chain, kind, seq) VALUES (_chain, _kind, _seq)
    ON CONFLICT (chain, kind, seq) DO UPDATE SET last = clock_timestamp(), times = trouble.times + 1
$$;

CREATE OR REPLACE FUNCTION require_own(_chain text, _who member) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF _chain IS NULL OR _chain !~ '^[A-Za-z0-9-]{1,32}\.[A-Za-z0-9-]{1,32}\.[A-Za-z0-9-]{1,32}$'
        OR split_part(_chain, '.', 1) <> _who.terminal THEN
        RAISE EXCEPTION USING ERRCODE = 'UK002', MESSAGE = 'not a chain of this terminal';
    END IF;
END $$;

-- Links _first, _first + 1, … of one chain; what is here already is compared, never written again.
--
-- not strict (shipping): takes the links up to the first wrong one and tells what is wrong with that; a link that
--   contradicts the owner's is kept, marked as unheeded.
-- strict (a console's own): all or an error.
CREATE OR REPLACE FUNCTION append_links(
    _chain text, _first bigint, _cores text[], _leaves bytea[], _hashes bytea[], _bodies bytea[], _strict boolean,
    OUT seq bigint, OUT hash bytea, OUT newest bigint, OUT problem text, OUT bad bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = uketsuke, pg_temp AS $$
DECLARE
    who member := me();
    production_ boolean := (SELECT h.production FROM hub h);
    count_ integer := coalesce(array_length(_cores, 1), 0);
    fresh integer := 0;         -- how many of the links are new
    begin_ integer := 1;        -- the first of them
    at_ bigint;
    there bytea;
BEGIN
    PERFORM require_own(_chain, who);
    INSERT INTO chain (chain, terminal) VALUES (_chain, who.terminal) ON CONFLICT (chain) DO NOTHING;
    SELECT c.seq, c.hash INTO seq, hash FROM chain c WHERE c.chain = _chain FOR UPDATE;
    problem := '';
    FOR i IN 1 .. count_ LOOP
        at_ := _first + i - 1;
        IF at_ <= seq - fresh THEN
            SELECT l.hash INTO there FROM link l WHERE l.chain = _chain AND l.seq = at_;
            problem := CASE WHEN there IS DISTINCT FROM _hashes[i] OR _strict THEN 'fork' ELSE '' END;
            begin_ := i + 1;
        ELSIF at_ > seq + 1 THEN
            problem := 'gap';
            at_ := seq + 1;
        ELSE
            problem := fault_of(hash, _chain, at_, _cores[i], _leaves[i], _hashes[i], _bodies[i], production_);
            IF problem = '' THEN
                seq := at_;
                hash := _hashes[i];
                fresh := fresh + 1;
            END IF;
        END IF;
        IF problem <> '' THEN
            bad := at_;
            EXIT;
        END IF;
    END LOOP;
    IF problem <> '' THEN
        IF _strict THEN
            RAISE EXCEPTION USING ERRCODE = CASE problem
                WHEN 'simulated' THEN 'UK004' WHEN 'core' THEN 'UK005' WHEN 'payload' THEN 'UK005' ELSE 'UK003' END,
                MESSAGE = problem;
        END IF;
        PERFORM note_trouble(_chain, problem, bad);
    END IF;
    IF fresh > 0 THEN
        UPDATE chain c SET seq = append_links.seq, hash = append_links.hash, arrived = clock_timestamp()
            WHERE c.chain = _chain;
        UPDATE counter SET position = position + fresh RETURNING position INTO newest; -- from here on one after another
        FOR i IN 0 .. fresh - 1 LOOP
            PERFORM take(
                who, _chain, _first + begin_ - 1 + i, newest - fresh + 1 + i, _cores[begin_ + i],
                _leaves[begin_ + i], _hashes[begin_ + i], _bodies[begin_ + i], _strict
            );
        END LOOP;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION unheed(_position bigint, _why text, _strict boolean, _code text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF _strict THEN
        RAISE EXCEPTION USING ERRCODE = _code, MESSAGE = _why;
    END IF;
    INSERT INTO unheeded VALUES (_position, _why);
END $$;

-- Write one link that was found good, and what follows from it.
CREATE OR REPLACE FUNCTION take(
    _who member, _chain text, _seq bigint, _position bigint, _core text, _leaf bytea, _hash bytea, _body bytea,
    _strict boolean
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c jsonb := _core::jsonb;
    type_ text := c ->> 'type';
    visit_ text := c ->> 'visit';
    at_ text := c ->> 'at';
    clear jsonb;
BEGIN
    INSERT INTO link (chain, seq, position, core, leaf, hash, visit, type, at)
        VALUES (_chain, _seq, _position, _core, _leaf, _hash, visit_, type_, at_);
    IF _body IS NOT NULL AND (_strict OR never_erased(type_) OR NOT is_erased(_who.terminal, visit_, at_)) THEN
        INSERT INTO payload VALUES (_position, at_, never_erased(type_), _body);
    END IF;
    IF visit_ <> '' AND c ->> 'state' <> '' THEN
        PERFORM take_move(_who, _chain, _position, c, _strict);
        RETURN;
    END IF;
    CASE type_
    WHEN 'Requested' THEN
        PERFORM take_request(_who, _position, c ->> 'id', visit_, _strict);
    WHEN 'Accepted', 'Refused' THEN
        PERFORM take_answer(_chain, _position, c ->> 'ref', type_ = 'Accepted', _strict);
    WHEN 'NumberTaken' THEN
        PERFORM take_number(_who, _position, visit_, convert_from(substring(_body FROM 18), 'UTF8')::jsonb, _strict);
    WHEN 'LedgerPurged' THEN
        clear := convert_from(substring(_body FROM 18), 'UTF8')::jsonb;
        PERFORM take_purge(_who, _position, at_, clear ->> 'before', (clear ->> 'erased')::bigint, _strict);
    ELSE
        NULL;
    END CASE;
END $$;

CREATE OR REPLACE FUNCTION take_move(_who member, _chain text, _position bigint, c jsonb, _strict boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    visit_ text := c ->> 'visit';
    epoch_ bigint := (c ->> 'epoch')::bigint;
    known visit;
BEGIN
    SELECT * INTO known FROM visit v WHERE v.visit = visit_ FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO visit VALUES (
            visit_, _chain, _who.terminal, epoch_, c ->> 'state', c ->> 'at', (c ->> 'sim')::boolean, _position
        );
        INSERT INTO ownership VALUES (visit_, epoch_, _chain, _who.terminal);
        RETURN;
    END IF;
    IF epoch_ > known.epoch AND (_who.kind = 'console' OR known.terminal = _who.terminal) THEN
        UPDATE ownership o SET lost = true
            WHERE o.visit = visit_ AND o.terminal = known.terminal AND known.terminal <> _who.terminal;
        INSERT INTO ownership VALUES (visit_, epoch_, _chain, _who.terminal);
    ELSIF epoch_ <> known.epoch OR _chain <> known.chain THEN
        PERFORM unheed(_position, 'move', _strict, 'UK010');
        RETURN;
    END IF;
    UPDATE visit v SET chain = _chain, terminal = _who.terminal, epoch = epoch_, state = c ->> 'state',
        at = c ->> 'at', simulated = v.simulated OR (c ->> 'sim')::boolean, position = _position
        WHERE v.visit = visit_;
    PERFORM pg_notify('uketsuke_' || o.terminal, '') FROM ownership o WHERE o.visit = visit_ AND o.lost;
END $$;

-- A terminal gives its own numbers: none by another one's letter, and a kiosk none to a visit that it never had.
CREATE OR REPLACE FUNCTION take_number(_who member, _position bigint, _visit text, _taken jsonb, _strict boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    letter_ text := _taken ->> 'letter';
    others boolean := EXISTS (SELECT 1 FROM member m WHERE m.terminal = letter_ AND m.terminal <> _who.terminal)
        OR (_who.kind = 'kiosk' AND NOT EXISTS (
            SELECT 1 FROM ownership o WHERE o.visit = _visit AND o.terminal = _who.terminal));
BEGIN
    IF NOT others THEN
        INSERT INTO number VALUES (letter_, _taken ->> 'day', (_taken ->> 'count')::bigint, _visit, _who.terminal)
            ON CONFLICT DO NOTHING;
    END IF;
    IF others OR NOT FOUND THEN
        PERFORM unheed(_position, 'number', _strict, 'UK014');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION take_request(_who member, _position bigint, _id text, _visit text, _strict boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE owner_ text;
BEGIN
    SELECT v.terminal INTO owner_ FROM visit v WHERE v.visit = _visit;
    IF NOT FOUND THEN
        PERFORM unheed(_position, 'request', _strict, 'UK011');
        RETURN;
    END IF;
    IF _who.kind = 'kiosk' AND owner_ <> _who.terminal THEN -- a kiosk commands no other terminal
        PERFORM unheed(_position, 'request', _strict, 'UK010');
        RETURN;
    END IF;
    INSERT INTO request (id, visit, position) VALUES (_id, _visit, _position) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM unheed(_position, 'request', _strict, 'UK005');
        RETURN;
    END IF;
    PERFORM pg_notify('uketsuke_' || owner_, '');
END $$;

CREATE OR REPLACE FUNCTION take_answer(_chain text, _position bigint, _ref text, _accepted boolean, _strict boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    asked request;
    owner_ text;
    code text := '';
BEGIN
    SELECT * INTO asked FROM request r WHERE r.id = _ref FOR UPDATE;
    SELECT v.chain INTO owner_ FROM visit v WHERE v.visit = asked.visit;
    code := CASE
        WHEN asked.id IS NULL THEN 'UK012'
        WHEN asked.answer IS NOT NULL THEN 'UK013'
        WHEN owner_ IS NULL THEN 'UK011'
        WHEN owner_ <> _chain THEN 'UK010'
        ELSE '' END;
    IF code <> '' THEN
        PERFORM unheed(_position, 'answer', _strict, code);
        RETURN;
    END IF;
    UPDATE request SET answer = _position, accepted = _accepted WHERE id = _ref;
END $$;

-- -- retention -----------------------------------------------------------------------------------------------

-- What the hub itself keeps at least: a terminal with a wrong clock, or in wrong hands, cannot empty it.
CREATE OR REPLACE FUNCTION oldest_kept() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(
        make_timestamptz((date_part('year', now() AT TIME ZONE 'Asia/Tokyo'))::int - keep_years, 1, 1, 0, 0, 0, 'Asia/Tokyo')
            AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'
    ) FROM hub
$$;

-- Whether this would have been erased had it come in time: retention's work is not undone by a terminal that was away.
CREATE OR REPLACE FUNCTION is_erased(_terminal text, _visit text, _at text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    limit_ text := greatest(
        (SELECT max(p.before) FROM purge p WHERE p.terminal = ''),
        (SELECT max(p.before) FROM purge p WHERE p.terminal = _terminal)
    );
BEGIN
    RETURN coalesce(_at < limit_, false)
        AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.visit = _visit AND v.at >= limit_);
END $$;

CREATE OR REPLACE FUNCTION erasable(_before text, _terminal text) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT p.position FROM payload p JOIN link l USING (position)
    WHERE NOT p.keep AND p.at < _before
        AND (_terminal = '' OR split_part(l.chain, '.', 1) = _terminal)
        AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.visit = l.visit AND v.at >= _before)
        AND NOT EXISTS (SELECT 1 FROM purge g WHERE g.terminal = _terminal AND g.before >= _before)
$$;

CREATE OR REPLACE FUNCTION take_purge(
    _who member, _position bigint, _at text, _before text, _erased bigint, _strict boolean
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    scope text := CASE _who.kind WHEN 'console' THEN '' ELSE _who.terminal END;
    limit_ text := CASE _who.kind WHEN 'console' THEN _before ELSE least(_before, oldest_kept()) END;
    day_ text := ((limit_::timestamptz AT TIME ZONE 'Asia/Tokyo')::date)::text;
    gone bigint;
BEGIN
    DELETE FROM payload p WHERE p.position IN (SELECT erasable(limit_, scope));
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF _strict AND gone <> _erased THEN
        RAISE EXCEPTION USING ERRCODE = 'UK014', MESSAGE = 'purge';
    END IF;
    WITH forgotten AS (
        DELETE FROM visit v WHERE v.at < limit_ AND (scope = '' OR v.terminal = scope) RETURNING v.visit
    )
    DELETE FROM request r USING forgotten f WHERE r.visit = f.visit;
    DELETE FROM number n WHERE n.day < day_ AND (scope = '' OR n.terminal = scope)
        AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.visit = n.visit);
    INSERT INTO purge VALUES (_position, scope, limit_, _at);
END $$;

-- -- what else a member says and asks ------------------------------------------------------------------------

-- A terminal introduces itself: its key for what is sealed to it alone, and the chains it writes.
CREATE OR REPLACE FUNCTION introduce(_box_key text, _chains text[], _verify_key text)
RETURNS TABLE (chain text, seq bigint, hash bytea, noted bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = uketsuke, pg_temp AS $$
DECLARE
    who member := me();
    one text;
    known text;
BEGIN
    UPDATE member m SET box_key = _box_key WHERE m.role = who.role AND m.box_key <> _box_key;
    FOREACH one IN ARRAY _chains LOOP
        PERFORM require_own(one, who);
        INSERT INTO chain AS c (chain, terminal, verify_key) VALUES (one, who.terminal, _verify_key)
            ON CONFLICT ON CONSTRAINT chain_pkey DO UPDATE SET verify_key = excluded.verify_key
            WHERE c.verify_key = '' RETURNING c.verify_key INTO known;
        SELECT c.verify_key INTO known FROM chain c WHERE c.chain = one;
        IF known <> _verify_key THEN
            PERFORM note_trouble(one, 'key_changed', 0);
        END IF;
    END LOOP;
    RETURN QUERY SELECT c.chain::text, c.seq, c.hash, coalesce(max(n.seq), 0)
        FROM chain c LEFT JOIN checkpoint n ON n.chain = c.chain
        WHERE c.chain = ANY (_chains) GROUP BY c.chain;
END $$;

-- The hash of a link, so that a terminal whose chain ends before the hub's can tell a copy from another history.
CREATE OR REPLACE FUNCTION hash_at(_chain text, _seq bigint) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = uketsuke, pg_temp AS $$
BEGIN
    PERFORM require_own(_chain, me());
    RETURN (SELECT l.hash FROM link l WHERE l.chain = _chain AND l.seq = _seq);
END $$;

CREATE OR REPLACE FUNCTION report_trouble(_chain text, _kind text, _seq bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = uketsuke, pg_temp AS $$
BEGIN
    PERFORM require_own(_chain, me());
    IF _kind NOT IN ('rolled_back', 'fork') THEN
        RAISE EXCEPTION USING ERRCODE = 'UK005', MESSAGE = 'trouble';
    END IF;
    PERFORM note_trouble(_chain, _kind, _seq);
END $$;

CREATE OR REPLACE FUNCTION keep_note(_chain text, _seq bigint, _note text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = uketsuke, pg_temp AS $$
BEGIN
    PERFORM require_own(_chain, me());
    INSERT INTO checkpoint (chain, seq, note) VALUES (_chain, _seq, _note) ON CONFLICT (chain, seq) DO NOTHING;
    IF NOT FOUND AND (SELECT n.note FROM checkpoint n WHERE n.chain = _chain AND n.seq = _seq) <> _note THEN
        PERFORM note_trouble(_chain, 'note', _seq);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION note_delivered(_chain text, _seq bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = uketsuke, pg_temp AS $$
BEGIN
    PERFORM require_own(_chain, me());
    UPDATE checkpoint n SET delivered = true WHERE n.chain = _chain AND n.seq = _seq;
END $$;

CREATE OR REPLACE FUNCTION present(_chains text[], _seqs bigint[], _running boolean[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = uketsuke, pg_temp AS $$
DECLARE who member := me();
BEGIN
    FOR i IN 1 .. coalesce(array_length(_chains, 1), 0) LOOP
        PERFORM require_own(_chains[i], who);
        INSERT INTO presence VALUES (_chains[i], _seqs[i], _running[i], clock_timestamp())
            ON CONFLICT (chain) DO UPDATE
            SET seq = excluded.seq, running = excluded.running, seen = excluded.seen;
    END LOOP;
END $$;

-- Others' unanswered requests about visits that this terminal owns.
CREATE OR REPLACE FUNCTION wishes() RETURNS TABLE (chain text, seq bigint, core text, leaf bytea, body bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = uketsuke, pg_temp AS $$
    SELECT l.chain, l.seq, l.core, l.leaf, p.body
    FROM request r JOIN visit v USING (visit) JOIN link l ON l.position = r.position
        JOIN payload p ON p.position = r.position, me() m
    WHERE r.answer IS NULL AND v.terminal = m.terminal AND split_part(l.chain, '.', 1) <> m.terminal
    ORDER BY r.position LIMIT 200
$$;

-- Visits that this terminal has owned and another one owns now, if that one has moved them since.
CREATE OR REPLACE FUNCTION moves(_since bigint)
RETURNS TABLE ("position" bigint, visit text, chain text, epoch bigint, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = uketsuke, pg_temp AS $$
    SELECT DISTINCT v.position, v.visit, v.chain, v.epoch, v.state
    FROM ownership o JOIN visit v USING (visit), me() m
    WHERE o.lost AND o.terminal = m.terminal AND v.terminal <> m.terminal AND v.position > _since
    ORDER BY v.position LIMIT 200
$$;
