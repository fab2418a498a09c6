// Package keyservice keeps the ring in a process of its own, and hands out what others need of it.
//
// An application asks through a [Client], which is a [keys.Source] like any other:
//
//	source, err := keyservice.NewClient("unix:///run/cellseal/keys.sock", nil)
//	db, err := sqlcell.Open("pgx", dsn, schema, source, sqlcell.PostgreSQL, nil)
//
// The service is an http.Handler over a ring, a policy, and a server that knows how to tell its
// clients: by a certificate of your CA, or by their user at the other end of a Unix socket.
//
//	policy, err := keyservice.ReadPolicy("policy.json")
//	handler := keyservice.NewHandler(live, policy, nil)
//	go handler.FollowPolicy(ctx, "policy.json")
//	server := keyservice.NewServer(handler)
//	server.TLSConfig = keyservice.ServerTLS(certificate, clients)
//	err = server.ServeTLS(listener, "", "")
//
// examples/keyservice is one ready to run, with a systemd unit.
//
// A [Policy] grants places of the key tree, each at one of two grains:
//
//	subtree  the client gets the place's secret, under every enabled key, and works by itself from there.
//	         It can open all that is below, also offline, until the root keys are rotated.
//	row      the client gets keys of the rows it names, up to 1 000 in one round trip, and of no
//	         others. Whoever takes it over has what he asks for until somebody stops him, at the
//	         rate the policy allows, and each row he takes is in the service's log.
//
// Search needs the index ring, which is granted by itself: a process with "index" alone finds rows
// and opens none. "seal" and "open" are two words and today one grant: the key of a cell is
// symmetric, whoever can read with it can write, and a policy that names one of them alone is
// refused.
//
// Row grain is for columns that are bound to their row. What is bound to no row (bind=column) has no
// row's key. Package reseal works too, and asks for every row of the table: grant it the compartment.
//
// # When the service is away
//
// What is in the client's memory goes on until its time is over. All else fails at once, with an
// [UnavailableError], and works again when the service is back. A client that holds anything asks
// every two seconds whether it still may; when its part of the policy or the ring's keys have
// changed, or it is nobody any more, it forgets everything. What a process has had in its memory it
// may have kept: a revocation ends what comes next, and rotating the keys ends the rest. A scope that is
// destroyed (keys/scopes) a client may go on with for keep_seconds; then it is a [keys.DestroyedError].
//
// # What crosses the wire
//
// POSTs of JSON over HTTP/1.1: a subtree in the form of a grant (keys/FORMAT.md §2), a row as 96 bytes for each
// enabled key. The keys are in clear in there, so TLS must end in these two processes and nowhere in
// between. A request carries no nonce, because none can be replayed by a third party: TLS 1.3 without early
// data authenticates each record as one of its connection, and a Unix socket has no wire. Its sender
// may repeat it, which gives the same keys again and counts again. Session tickets are off, and dates of certificates
// are looked at with each request, so nothing of an old connection outlives its certificate. Lists of revoked
// certificates are not looked at: who is to go is taken out of the policy.
//
// Requests of over 1 MiB, more than eight at a time of one client, unknown fields, fields that stand there twice
// and paths that are no paths of the key tree are refused; labels are compared whole and never resolved.
package keyservice
