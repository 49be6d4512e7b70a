#!/bin/sh
# Makes the key files of this folder with OpenSSL 3: another implementation's idea of PKCS#12.
# The keys are thrown away; the files hold nothing but test names. Usage: ./make.sh
set -eu
cd "$(dirname "$0")"
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# A Kazakh password: UTF-8 for PBES2, UTF-16 for everything of PKCS#12's own.
password='Құпия1Aa'

subject() { printf '/C=KZ/O=Tamga test/CN=%s' "$1"; }
issue() { # name issuer extensions
    openssl req -new -key "$1.key" -subj "$(subject "$1")" -out "$1.csr"
    printf '%s\n' "$3" > "$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 36500 \
        -sha256 -extfile "$1.ext" -out "$1.pem" 2> /dev/null
}
for name in root authority person other; do
    openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$name.key" 2> /dev/null \
        || openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$name.key" 2> /dev/null
done
openssl req -x509 -new -key root.key -subj "$(subject root)" -days 36500 -sha256 -out root.pem
issue authority root 'basicConstraints=critical,CA:TRUE'
issue person authority 'keyUsage=critical,digitalSignature'
issue other authority 'keyUsage=critical,digitalSignature'
cat root.pem other.pem authority.pem > shuffled.pem

export_as() { # file options...
    file=$1
    shift
    openssl pkcs12 -export -passout "pass:$password" -out "$here/$file.p12" "$@"
}
person='-inkey person.key -in person.pem -name person'
# shellcheck disable=SC2086
{
    export_as default $person
    export_as legacy -legacy $person
    export_as aes_128_192_sha512 $person -keypbe AES-128-CBC -certpbe AES-192-CBC -macalg sha512
    export_as rc2_128_two_key_3des_sha384 -legacy $person \
        -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-2DES -macalg sha384
    export_as pbes2_3des_sha1 $person -keypbe DES-EDE3-CBC -certpbe DES-EDE3-CBC -macalg sha1
    export_as no_mac $person -nomac
    export_as not_encrypted $person -keypbe NONE -certpbe NONE
    export_as bare $person -keypbe NONE -certpbe NONE -nomac
    export_as no_name -inkey person.key -in person.pem
    export_as chain $person -certfile shuffled.pem
    export_as other -inkey other.key -in other.pem -name other
    export_as no_key -nokeys -in person.pem
    export_as no_certificate -nocerts -inkey person.key
    export_as rc4 -legacy $person -certpbe PBE-SHA1-RC4-128 -keypbe PBE-SHA1-RC4-128
}
openssl ecparam -name prime256v1 -genkey -noout -out elliptic.key
openssl req -x509 -new -key elliptic.key -subj "$(subject elliptic)" -days 36500 -out elliptic.pem
export_as elliptic -inkey elliptic.key -in elliptic.pem -name elliptic
