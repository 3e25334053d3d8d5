#!/bin/sh
# Makes the certificates of this directory, which the tests' own library can't: authorities with keys and signatures that
# few verifiers support, each with a server's certificate for 127.0.0.1. All servers share one key. Needs OpenSSL 3.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out server.key.pem
openssl req -new -key server.key.pem -subj /CN=server -out "$work/server.csr"
printf 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' > "$work/server.ext"

authority() { # name, digest, arguments of genpkey
    name=$1 digest=$2
    shift 2
    openssl genpkey "$@" -out "$work/ca.key"
    openssl req -x509 -new -key "$work/ca.key" "-$digest" -days 36500 -subj "/CN=$name" -out "$name.ca.pem"
    openssl x509 -req -in "$work/server.csr" -CA "$name.ca.pem" -CAkey "$work/ca.key" "-$digest" -days 36500 \
        -set_serial 1 -extfile "$work/server.ext" -out "$name.server.pem"
}
authority rsa1024 sha256 -algorithm RSA -pkeyopt rsa_keygen_bits:1024
authority rsa2048-sha1 sha1 -algorithm RSA -pkeyopt rsa_keygen_bits:2048
authority rsa2048-sha512 sha512 -algorithm RSA -pkeyopt rsa_keygen_bits:2048
authority p256-sha512 sha512 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
authority p384-sha384 sha384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
authority p521-sha256 sha256 -algorithm EC -pkeyopt ec_paramgen_curve:P-521
authority p521-sha512 sha512 -algorithm EC -pkeyopt ec_paramgen_curve:P-521
