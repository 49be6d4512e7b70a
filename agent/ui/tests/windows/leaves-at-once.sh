#!/bin/sh
# A window that crashes before it shows anything.
exit 3
