<?php

// A nightly job: the points of yesterday, from a CSV file with the columns id and points.
//     15 3 * * *  cd /srv/shop && USERCOM_TOKEN=… php bin/points.php export/points.csv
// SIGTERM and Ctrl-C stop it within 6 s; started again, it resumes.
require 'vendor/autoload.php';

use UserCom\Cancel;
use UserCom\Client;
use UserCom\Error;

function rows(string $csv): Generator
{
    $file = fopen($csv, 'r') ?: exit(2);
    fgetcsv($file, null, ',', '"', ''); // the names of the columns
    while ([$id, $points] = fgetcsv($file, null, ',', '"', '') ?: null) {
        yield [$id, (int) $points];
    }
}

$cancel = new Cancel();
pcntl_async_signals(true);
foreach ([SIGTERM, SIGINT] as $signal) {
    pcntl_signal($signal, fn () => $cancel->request());
}

try {
    $client = new Client('acme', getenv('USERCOM_TOKEN'), baseUrl: getenv('USERCOM_BASE_URL') ?: null);
    $report = $client->massUpdateRows(
        rows($argv[1]),
        'points',
        stallTimeout: 600,
        journalDir: $argv[1] . '.journal',
        cancel: $cancel,
    );
    echo $report;
    exit($report->rejected + $report->unknown > 0 ? 1 : 0);
} catch (Error\Busy) {
    exit(0); // yesterday's run has not ended yet
} catch (Error $e) {
    fwrite(STDERR, $e->report ?? $e->getMessage() . "\n"); // a report begins with the message
    exit(1);
}
