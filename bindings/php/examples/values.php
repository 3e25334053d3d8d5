<?php

// Every kind of value, and what is sent.
require 'vendor/autoload.php';

use UserCom\Client;
use UserCom\Date;
use UserCom\Json;

$client = new Client('acme', getenv('USERCOM_TOKEN'), baseUrl: getenv('USERCOM_BASE_URL') ?: null, rateLimit: 9);
$ids = [10, '15']; // integers, or digits as a database gives them

$client->massUpdate($ids, 'newsletter', true);                                 // true
$client->massUpdate($ids, 'score', 50);                                        // 50
$client->massUpdate($ids, 'discount', 0.1);                                    // 0.1
$client->massUpdate($ids, 'plan', 'pro');                                      // "pro"
$client->massUpdate($ids, 'last_order', new Date('2026-11-23'));               // "2026-11-23"
$client->massUpdate($ids, 'seen', new DateTime('2026-11-23T10:00:00+01:00'));  // "2026-11-23T09:00:00Z"
$client->massUpdate($ids, 'sizes', ['S', 'M']);                                // ["S","M"]
$client->massUpdate($ids, 'price', new Json('0.10'));                          // 0.10

$client->massUpdateCustomIds(['u-1', 'u-2'], 'plan', 'pro');                   // your own ids
$client->massUpdateRows([10 => 7, 15 => 9], 'points');                         // a value for each user
