import requests

url = "https://<your_app_subdomain>.user.com/api/public/users/mass_update_custom_attributes/"

payload = "{\n    \"ids\": [10, 15, 22, 23],\n    \"attribute\": \"Name of the attribute\",\n    \"value\": \"Value for the attribute\"\n}"
headers = {
    'authorization': "Token <your_64_char_api_key>",
    'content-type': "application/json"
    }

response = requests.request("POST", url, data=payload, headers=headers)

print(response.text)
