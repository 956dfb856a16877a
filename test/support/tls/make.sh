#!/bin/sh
# Makes the certificates of the tests: a CA of our own, and servers' certificates that share one key. They protect nothing.
# They are kept in the repository, since OpenSSL is not on every machine; run this in its folder to make them anew.
set -eu
mkdir ca
touch ca/index.txt
cat > ca/config <<'END'
[ca]
default_ca = test
[test]
database = ca/index.txt
new_certs_dir = ca
rand_serial = yes
default_md = sha256
policy = names
unique_subject = no
[names]
commonName = supplied
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[here]
basicConstraints = CA:FALSE
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
[elsewhere]
basicConstraints = CA:FALSE
subjectAltName = DNS:elsewhere.example
END
for name in ca server; do
  openssl ecparam -name prime256v1 -genkey -noout -out $name.key
  openssl req -new -key $name.key -subj "/CN=oslm test $name" -out ca/$name.csr
done
certify() { # name, request, extensions, last day, how it is signed
  name=$1 request=$2 extensions=$3 end=$4
  shift 4
  openssl ca -batch -notext -config ca/config -in ca/$request.csr -out $name.pem -extensions $extensions \
    -startdate 20200101000000Z -enddate $end "$@"
}
certify ca ca root 21200101000000Z -selfsign -keyfile ca.key
certify server server here 21200101000000Z -cert ca.pem -keyfile ca.key
certify elsewhere server elsewhere 21200101000000Z -cert ca.pem -keyfile ca.key
certify expired server here 20200201000000Z -cert ca.pem -keyfile ca.key
# Nothing else is ever to be signed with it.
rm -r ca ca.key
