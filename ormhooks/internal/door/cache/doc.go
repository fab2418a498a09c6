// Package cache keeps what was made of statements, by their text.
//
// A plan costs a parse, and programs send the same few hundred texts for ever; so it is made
// once. Every statement of every connection looks here, most of them at the same time, which is
// why a hit takes a read lock and writes nothing that is not yet so: a list that is reordered
// at each hit, as LRU keeps one, would make all cores wait for each other. What has to go when
// the cache is full is found by a clock's hand instead, which passes over what was used
// since its last round.
//
//	plans := cache.New[*Statement](1024)
//	p := plans.Get(text) // or nil
//	plans.Put(text, p)
//
// Texts that are very long are not kept: they have their values inlined, and do not come back.
package cache
