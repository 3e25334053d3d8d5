<?php

// A nightly job: the points of yesterday, from a CSV file with the columns id and points.
//     15 3 * * *  cd /srv/shop && . ./token.env && flock -n points.lock php bin/points.php export/points.csv
// token.env has the line `export USERCOM_TOKEN=…` and mode 0600: a crontab and arguments can be read by others.
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
        // A cast would turn an empty cell into 0.
        yield [$id, ctype_digit($points) ? (int) $points : throw new UnexpectedValueException("user $id: '$points'")];
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
    exit(0); // another process is running the identical job
} catch (Error $e) {
    fwrite(STDERR, $e->report ?? $e->getMessage() . "\n"); // a report begins with the message
    exit(1);
}
