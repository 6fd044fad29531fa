"""What the school itself keeps as CSV files in registers/: consent to recording, and exceptions agreed beforehand.

A register that is missing is None: what rests on it is then not known, never fine.
"""

from teamskit.registers.agreed import AgreedRegister, Agreement, Party
from teamskit.registers.consent import Consent, ConsentRegister

__all__ = ["AgreedRegister", "Agreement", "Consent", "ConsentRegister", "Party"]
