<?php

// app/code/Acme/UserCom/Cron/SendOrders.php: the number of orders of each customer. app/etc/env.php, which is in no
// repository, has 'usercom' => ['subdomain' => 'acme', 'token' => '…'].

declare(strict_types=1);

namespace Acme\UserCom\Cron;

use Magento\Framework\App\DeploymentConfig;
use Magento\Framework\App\Filesystem\DirectoryList;
use Magento\Framework\App\ResourceConnection;
use Psr\Log\LoggerInterface;
use UserCom\Client;
use UserCom\Error;

class SendOrders
{
    public function __construct(
        private readonly ResourceConnection $resource,
        private readonly DeploymentConfig $config,
        private readonly DirectoryList $directories,
        private readonly LoggerInterface $logger,
    ) {
    }

    public function execute(): void
    {
        $service = $this->config->get('usercom');
        $orders = $this->resource->getTableName('sales_order');
        $pairs = $this->resource->getConnection()->fetchPairs(
            "SELECT customer_id, COUNT(*) FROM $orders WHERE customer_id IS NOT NULL GROUP BY customer_id",
        );
        $rows = [];
        foreach ($pairs as $customerId => $count) {
            // The custom id that the code of User.com's plugin for Magento 2 makes. Without the plugin it is yours.
            $rows[] = [base64_encode((string) $customerId), (int) $count];
        }
        try {
            $client = new Client($service['subdomain'], $service['token'], baseUrl: $service['base_url'] ?? null);
            $report = $client->massUpdateRowsCustomIds(
                $rows,
                'orders',
                stallTimeout: 600,
                journalDir: $this->directories->getPath(DirectoryList::VAR_DIR) . '/usercom',
            );
            $this->logger->info((string) $report);
        } catch (Error\Busy) {
            return; // the job of another server is not done yet
        } catch (Error $e) {
            $this->logger->error((string) ($e->report ?? $e->getMessage()));
        }
    }
}
