"""The private journal between the devices of its author: a stream nobody else can read.

What is pure about it (cards, statements, seals, ciphertexts) is in `sync.keys`; here is what one
copy does with it: its keys under the author's own passphrase, the operations of the stream, and
what they come to. Nothing is ever written into the workspace's file but ciphertext.
"""
