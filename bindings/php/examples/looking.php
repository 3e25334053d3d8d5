<?php

// Only e-mail addresses: check what the update needs, look the ids up, update, and read some values back.
require 'vendor/autoload.php';

use UserCom\Client;

$client = new Client('acme', getenv('USERCOM_TOKEN'), baseUrl: getenv('USERCOM_BASE_URL') ?: null);
$scores = ['ann@shop.example' => 12, 'bob@shop.example' => 7];

$check = $client->check('score', ...array_values($scores));
echo $check; // a line for each thing that it looked at
if (!$check->passed) {
    exit(1);
}

$rows = [];
foreach ($client->users(['score']) as $user) { // page by page
    $score = $scores[strtolower($user->email ?? '')] ?? null;
    if ($score !== null && $score !== $user->attributes['score']) {
        $rows[] = [$user->id, $score];
    }
}

$report = $client->massUpdateRows($rows, 'score', verify: 5);
printf("%d updated; read back: %d as sent, %d otherwise\n", $report->confirmed, $report->verified, $report->mismatched);
