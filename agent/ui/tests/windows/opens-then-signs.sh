#!/bin/sh
# A window whose person opens a key file with the password "Qwerty12", waits for an answer, then
# signs with key 1. `dd` reads bytes without buffering ahead.
header() { dd bs=1 count=5 2>/dev/null | od -An -tu1; }
skip() { set -- $(header); dd bs=1 count=$(($4 * 256 + $5)) >/dev/null 2>&1; }
skip
printf 'J\000\000\000\140{"open":{"store":{"file":"/keys/a.p12"},"unlock":"password","recent":null,"last_attempt":false}}'
printf 'P\000\000\000\010Qwerty12'
skip
printf 'J\000\000\000\022{"sign":{"key":1}}'
# Stays until the agent closes the pipe.
cat >/dev/null
