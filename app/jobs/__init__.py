"""Long work as rows: who asked for it, how far it has got, what came of it. The worker takes it up."""
