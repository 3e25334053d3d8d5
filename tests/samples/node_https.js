var http = require("https");

var options = {
  "method": "POST",
  "hostname": "<your_app_subdomain>.user.com",
  "port": null,
  "path": "/api/public/users/mass_update_custom_attributes/",
  "headers": {
    "authorization": "Token <your_64_char_api_key>",
    "content-type": "application/json"
  }
};

var req = http.request(options, function (res) {
  var chunks = [];

  res.on("data", function (chunk) {
    chunks.push(chunk);
  });

  res.on("end", function () {
    var body = Buffer.concat(chunks);
    console.log(body.toString());
  });
});

req.write(JSON.stringify({
  ids: [ 10, 15, 22, 23 ],
  attribute: 'Name of the attribute',
  value: 'Value for the attribute'
}));
req.end();
