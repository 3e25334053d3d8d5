curl -X POST -H "Authorization: Token <your_64_char_api_key>" -H "Content-Type: application/json" -d '{
    "ids": [10, 15, 22, 23],
    "attribute": "Name of the attribute",
    "value": "Value for the attribute"
}' "https://<your_app_subdomain>.user.com/api/public/users/mass_update_custom_attributes/"
