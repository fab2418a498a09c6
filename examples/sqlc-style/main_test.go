package main

func Example() {
	main()
	// Output:
	// found: Ada@Example.com 020 7946 0001
	// updated: 1
	// without the keys: sql: no rows in result set
}
