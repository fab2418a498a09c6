package main

func Example() {
	main()
	// Output:
	// the application: 1003, Siobhan.OBrien@Mail.Example.com: Severe allergy to penicillin
	// its log:         {{} 1003 Sealed(redacted) Hidden(redacted) Sealed(redacted)}
	// a thief:         cells of 100 and 325 bytes, a term of 32
}
