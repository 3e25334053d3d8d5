<?php

// What became of every single id, whatever happens.
require 'vendor/autoload.php';

use UserCom\Client;
use UserCom\Error;

try {
    $client = new Client('acme', getenv('USERCOM_TOKEN'), baseUrl: getenv('USERCOM_BASE_URL') ?: null);
    $report = $client->massUpdate([10, 15, 999_999], 'newsletter', true);
} catch (Error\InvalidArgument $e) { // nothing was sent
    fwrite(STDERR, "invalid: {$e->getMessage()}\n");
    exit(1);
} catch (Error\Unauthorized $e) {
    fwrite(STDERR, "wrong token: {$e->getMessage()}\n");
    exit(1);
} catch (Error $e) { // anything else: the run stopped early or did not start
    fwrite(STDERR, 'stopped: ' . ($e->report ?? $e->getMessage() . "\n")); // a report begins with the message
    exit(1);
}

// The run completed, but some ids may be rejected or unknown.
echo "$report->confirmed of $report->total confirmed\n";
foreach ($report->failures() as $failure) {
    echo "id $failure->id: {$failure->state->name}, $failure->message\n";
}
