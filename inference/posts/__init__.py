"""The lanes of a process, as they are seen and commanded from outside."""
