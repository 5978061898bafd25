"""What the echo lane takes and gives, under another name."""

from dataclasses import replace

from echo_lane import contract

CONTRACT = replace(contract.CONTRACT, lane="flaky")
