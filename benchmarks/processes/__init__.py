"""What whole processes of `visunn check` cost: cold and warm, one file and a zoo of them."""
