<?php

// Loads the package without Composer: require this file once.

declare(strict_types=1);

require_once __DIR__ . '/src/autoload.php';
