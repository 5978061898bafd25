"""Takes any text, gives it back."""

from dataclasses import replace

from echo_lane import contract

CONTRACT = replace(contract.CONTRACT, lane="tap")
