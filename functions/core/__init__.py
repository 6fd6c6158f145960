"""What the service means, with the standard library only.

One upload, in the order of its life: `intake` accepts the request, `quota` bounds it, `grants` signs it,
`inspection` looks at what arrived, `lifecycle` decides each change of state, `promotion` carries it out, `library`
shows the result, `deletion` and `purge` end it. `ports` is what all of it needs from the outside.
"""
