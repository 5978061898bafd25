"""Calls to strangers who sell or serve answers: one pool, limits that all replicas share.

chat, tasks   what is said to OpenAI-compatible servers and to Hugging Face's, and what comes back
caller        one call: admitted, sent, understood, paid for; tried again where that may help
limits/       how often, how much at once, how much a day: in Redis, or in this process
wire          bytes out, bytes in, never for longer than allowed; the only importer of httpx
"""
