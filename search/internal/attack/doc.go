// Package attack simulates what somebody who reads a table once, or sees a little more,
// recovers of an encrypted column. Tests hold the indexes to their promises by it, and the
// planner shows a user's own column to it. It is deterministic: randomness comes from a
// seed.
//
// The attacker knows how often each value is expected, how many rows there are, and how
// the index is built, down to its parameters: everything but the keys. What is never
// simulated is what no index prevents: knowledge of single rows from other columns.
package attack
