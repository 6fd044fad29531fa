"""The only code that speaks HTTP to Microsoft: sign-in, transport, a typed function per call, models."""
