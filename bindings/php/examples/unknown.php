<?php

// Sends again what is unknown or was not attempted, and nothing else.
require 'vendor/autoload.php';

use UserCom\Client;
use UserCom\Error;
use UserCom\IdState;

$client = new Client('acme', getenv('USERCOM_TOKEN'), baseUrl: getenv('USERCOM_BASE_URL') ?: null);
$ids = [10, 15, 22, 23];

try {
    $report = $client->massUpdate($ids, 'plan', 'pro', stallTimeout: 2);
} catch (Error $e) {
    fwrite(STDERR, "stopped early: {$e->getMessage()}\n");
    $report = $e->report ?? exit(1); // no report: nothing was sent
}

$again = [];
foreach ($report->states() as $position => $state) {
    if ($state === IdState::Unknown || $state === IdState::NotAttempted) {
        $again[] = $ids[$position];
    }
}
if ($again !== []) {
    $client->massUpdate($again, 'plan', 'pro')->raiseForFailures();
}
