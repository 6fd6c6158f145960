"""The step `review`: a person looks at a file before anybody can download it."""
