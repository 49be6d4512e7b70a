#!/bin/sh
# A window that says something else, and then "sign".
printf 'hello'
printf 'J\000\000\000\022{"sign":{"key":1}}'
cat >/dev/null
