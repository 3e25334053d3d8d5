<?php

// One call with all defaults. USERCOM_BASE_URL=http://127.0.0.1:8080 sends it to a `usercom sandbox` instead.
require 'vendor/autoload.php';

use function UserCom\massUpdate;

$token = getenv('USERCOM_TOKEN'); // the REST API key, 64 characters

massUpdate('acme', $token, [10, 15, 22, 23], 'plan', 'pro');
