"""How the graph tells where gradients go, compared with autograd: a command for maintainers."""
