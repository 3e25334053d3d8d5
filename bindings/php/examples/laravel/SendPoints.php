<?php

// app/Console/Commands/SendPoints.php: `php artisan usercom:points`, and each night with
//     Schedule::command('usercom:points')->dailyAt('03:15')->withoutOverlapping();
// config/services.php has 'usercom' => ['subdomain' => 'acme', 'token' => env('USERCOM_TOKEN')]: once the configuration
// is cached, env() finds nothing elsewhere.

namespace App\Console\Commands;

use Illuminate\Console\Command;
use Illuminate\Support\Facades\DB;
use UserCom\Client;
use UserCom\Error;
use UserCom\Progress;

class SendPoints extends Command
{
    protected $signature = 'usercom:points';

    protected $description = "Sets the attribute points of User.com's users";

    public function handle(): int
    {
        $service = config('services.usercom');
        // ->all() makes an array of id => value of the collection.
        $points = DB::table('users')->whereNotNull('usercom_id')->pluck('points', 'usercom_id')->all();
        $bar = $this->output->createProgressBar(count($points));
        try {
            $client = new Client($service['subdomain'], $service['token'], baseUrl: $service['base_url'] ?? null);
            $report = $client->massUpdateRows(
                $points,
                'points',
                progress: fn (Progress $progress) => $bar->setProgress($progress->done),
                stallTimeout: 600,
                journalDir: storage_path('usercom'), // the next start resumes what this one could not complete
            );
        } catch (Error $e) {
            $this->error("\n" . ($e->report ?? $e->getMessage()));

            return self::FAILURE;
        }
        $this->line("\n$report");

        return $report->confirmed + $report->notAttempted === $report->total ? self::SUCCESS : self::FAILURE;
    }
}
