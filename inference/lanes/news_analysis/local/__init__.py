"""The local rung: analyses on this machine, without a network and without a model of ours."""
