usercom update --subdomain acme --attribute plan --value pro --ids ids.csv
