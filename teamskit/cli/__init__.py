"""What a person types. One module a noun: parse, call a function of the library, show the result. No logic."""
