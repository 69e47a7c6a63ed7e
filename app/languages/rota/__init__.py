"""The interpreters' rota: which booth serves what, who interprets when, what is wrong with it, a proposal."""
