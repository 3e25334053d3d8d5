<?php
require 'vendor/autoload.php';

$report = UserCom\massUpdate('acme', getenv('USERCOM_TOKEN'), [10, 15, 22, 23], 'plan', 'pro');
echo $report->confirmed, ' of ', $report->total, "\n";
