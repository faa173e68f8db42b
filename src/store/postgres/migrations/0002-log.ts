/** Calls and texts: a row for each thing that can be told of a leg, however often it is told. */
export const LOG = [
  `CREATE TABLE voxproxy_log (
    kind text NOT NULL,
    subject text NOT NULL,
    word text NOT NULL,
    at bigint NOT NULL,
    written bigint NOT NULL,
    call text,
    session_id text,
    side text,
    refused boolean,
    outbound boolean,
    duration double precision,
    price text,
    ended_by text,
    PRIMARY KEY (subject, kind, word)
  )`,
  'CREATE INDEX voxproxy_log_written ON voxproxy_log (written)',
];
