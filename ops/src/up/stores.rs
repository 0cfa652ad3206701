//! The stores of `ops/up`: private ones, or those of the environment.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Settings;
use crate::stack::{Stack, StackConfig};

/// Where the server finds its stores.
#[derive(Debug)]
pub(super) enum Stores {
    Private(Box<Stack>),
    Given { database_url: String, redis_url: String, data_dir: PathBuf },
}

impl Stores {
    /// Starts private stores, or takes the given ones.
    pub(super) fn start(settings: &Settings) -> Result<Self> {
        let (Some(database_url), Some(redis_url)) = (&settings.database_url, &settings.redis_url) else {
            let config = StackConfig { data_dir: Some(settings.data.clone()), ..StackConfig::default() };
            return Ok(Self::Private(Box::new(Stack::start(&config)?)));
        };
        std::fs::create_dir_all(&settings.data)
            .with_context(|| format!("making the data folder {}", settings.data.display()))?;
        Ok(Self::Given {
            database_url: database_url.clone(),
            redis_url: redis_url.clone(),
            data_dir: std::path::absolute(&settings.data)?,
        })
    }

    pub(super) fn are_private(&self) -> bool {
        matches!(self, Self::Private(_))
    }

    pub(super) fn database_url(&self) -> String {
        match self {
            Self::Private(stack) => stack.database_url(),
            Self::Given { database_url, .. } => database_url.clone(),
        }
    }

    pub(super) fn redis_url(&self) -> String {
        match self {
            Self::Private(stack) => stack.redis_url(),
            Self::Given { redis_url, .. } => redis_url.clone(),
        }
    }

    /// Where the data really is.
    pub(super) fn data_dir(&self) -> &Path {
        match self {
            Self::Private(stack) => stack.data_dir(),
            Self::Given { data_dir, .. } => data_dir,
        }
    }
}
