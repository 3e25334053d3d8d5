import http.client

conn = http.client.HTTPSConnection("<your_app_subdomain>.user.com")

payload = "{\n    \"ids\": [10, 15, 22, 23],\n    \"attribute\": \"Name of the attribute\",\n    \"value\": \"Value for the attribute\"\n}"

headers = {
    'authorization': "Token <your_64_char_api_key>",
    'content-type': "application/json"
    }

conn.request("POST", "/api/public/users/mass_update_custom_attributes/", payload, headers)

res = conn.getresponse()
data = res.read()

print(data.decode("utf-8"))
