/**
 * The last session of two people, found by both, stands among the legs, as a caller who dials nothing: so whoever pairs
 * the same two at the same moment loses that row to the other, and nobody has to be held meanwhile.
 */
export const PAIRS = [
  `INSERT INTO voxproxy_legs (caller, dialled, session_id)
    SELECT together, '', id FROM (
      SELECT together, id, row_number() OVER (PARTITION BY together ORDER BY made DESC) AS nth FROM (
        SELECT id, made, CASE WHEN a_person COLLATE "C" < b_person COLLATE "C"
          THEN substr(a_person, 1, 11) || substr(b_person, 1, 11)
          ELSE substr(b_person, 1, 11) || substr(a_person, 1, 11) END AS together
        FROM voxproxy_sessions
      ) AS paired
    ) AS counted WHERE nth = 1`,
  // Who both people are is asked of the legs now; what remains is to find one of them.
  'CREATE INDEX voxproxy_sessions_a ON voxproxy_sessions (a_person)',
  'DROP INDEX IF EXISTS voxproxy_sessions_pair',
];
